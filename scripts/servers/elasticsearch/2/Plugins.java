import java.util.List;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/** What a node needs beside the server: HTTP, analysis, reindex. */
final class Plugins {
  static List<Class<? extends Plugin>> all() {
    return List.of(Netty4Plugin.class, CommonAnalysisPlugin.class, ReindexPlugin.class);
  }
}
