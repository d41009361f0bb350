package io.nodejoin.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows for people: columns as wide as their content, lines as wide as a terminal has place for. */
final class Table {
    private static final int LINE = 100;
    private static final String GAP = "  ";
    private static final String CUT = "…";

    private final List<List<String>> rows = new ArrayList<>();
    /** Only this column is cut. */
    private final int elastic;

    /** @param elastic the index of the column that is cut if a line would be too long */
    Table(int elastic, String... headings) {
        this.elastic = elastic;
        rows.add(List.of(headings));
    }

    void add(String... cells) {
        rows.add(List.of(cells));
    }

    /** @param wide whether a line may be longer than a terminal is wide */
    List<String> lines(boolean wide) {
        int[] widths = widths();
        if (!wide) {
            int total = GAP.length() * (widths.length - 1);
            for (int width : widths) {
                total += width;
            }
            int shortest = rows.getFirst().get(elastic).length() + 1;
            widths[elastic] = Math.max(shortest, widths[elastic] - Math.max(0, total - LINE));
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private int[] widths() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String fitting = cell.length() <= widths[i] ? cell : cell.substring(0, widths[i] - 1) + CUT;
            line.append(fitting).repeat(' ', widths[i] - fitting.length()).append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
