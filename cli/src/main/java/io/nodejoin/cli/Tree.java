package io.nodejoin.cli;

import java.util.ArrayList;
import java.util.List;

/** A line with lines below it, drawn as a tree. */
final class Tree {
    private final String text;
    private final List<Tree> children = new ArrayList<>();

    Tree(String text) {
        this.text = text;
    }

    /** Adds a line below this one, and returns it. */
    Tree add(String line) {
        Tree child = new Tree(line);
        children.add(child);
        return child;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(text);
        addBelow(lines, "");
        return lines;
    }

    private void addBelow(List<String> lines, String indent) {
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            Tree child = children.get(i);
            lines.add(indent + (last ? "└─ " : "├─ ") + child.text);
            child.addBelow(lines, indent + (last ? "   " : "│  "));
        }
    }
}
