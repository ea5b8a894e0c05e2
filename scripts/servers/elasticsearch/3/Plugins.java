import java.util.List;
import java.util.stream.Stream;
import org.opensearch.Version;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/** What a node needs beside the server: HTTP, analysis, reindex. */
final class Plugins {
  static List<PluginInfo> all() {
    return Stream.of(Netty4ModulePlugin.class, CommonAnalysisModulePlugin.class, ReindexModulePlugin.class)
        .map(Plugins::onClasspath)
        .toList();
  }

  private static PluginInfo onClasspath(Class<? extends Plugin> type) {
    String name = type.getName();
    return new PluginInfo(name, "on the class path", "1", Version.CURRENT, "21", name, null, List.of(), false);
  }
}
