/** A declaration as a caller sees it: as it is written, without bodies and private members. */
import { type ClassDeclaration, type ClassMemberTypes, Node, type VariableDeclaration } from 'ts-morph';

/** Longer values say nothing to a reader; their docstring does. */
const LONGEST_VALUE = 300;

export function declarationOf(node: Node): string {
  if (Node.isFunctionDeclaration(node)) return untilBody(node).replace(/^export (async )?/, '');
  if (Node.isClassDeclaration(node)) return classOf(node);
  if (Node.isVariableDeclaration(node)) return variableOf(node);
  return node.getText().replace(/^export /, '');
}

function classOf(node: ClassDeclaration): string {
  const text = node.getText();
  const header = text.slice(0, text.indexOf('{')).replace(/^export /, '');
  const members = node.getMembers().filter(isPublic).map(memberOf);
  return `${header}{\n${members.map((member) => `  ${member}`).join('\n')}\n}`;
}

const isPublic = (member: ClassMemberTypes): boolean =>
  !(Node.isModifierable(member) && member.hasModifier('private')) &&
  !(Node.hasName(member) && member.getName().startsWith('#'));

function memberOf(member: ClassMemberTypes): string {
  const doc = Node.isJSDocable(member) ? member.getJsDocs().map((each) => `${each.getText()}\n  `) : [];
  return doc.join('') + signatureOf(member);
}

function signatureOf(member: ClassMemberTypes): string {
  if (Node.isBodied(member) || Node.isBodyable(member)) return `${untilBody(member).replace(/^async /, '')};`;
  if (Node.isPropertyDeclaration(member) && member.getTypeNode() !== undefined) {
    const { initializer } = member.getStructure() as { initializer?: string };
    const text = member.getText();
    if (initializer !== undefined) return `${text.slice(0, text.lastIndexOf(`= ${initializer}`)).trim()};`;
  }
  return member.getText();
}

function variableOf(node: VariableDeclaration): string {
  const value = node.getInitializer();
  const type = node.getTypeNode();
  if (type !== undefined) return `const ${node.getName()}: ${type.getText()}`;
  if (Node.isArrowFunction(value)) {
    const text = value.getText();
    const head = text.slice(0, value.getEqualsGreaterThan().getStart() - value.getStart()).trim();
    return `function ${node.getName()}${head.replace(/^async /, '')}`;
  }
  const text = value?.getText() ?? '';
  return `const ${node.getName()}${text.length > LONGEST_VALUE ? '' : ` = ${text}`}`;
}

function untilBody(node: Node): string {
  const body = Node.isBodied(node) || Node.isBodyable(node) ? node.getBody() : undefined;
  const text = node.getText();
  return (body === undefined ? text : text.slice(0, body.getStart() - node.getStart()))
    .trim()
    .replace(/;$/, '');
}
