package io.nodejoin.testbed.full;

/** A document with regions that are made from results, each between two comments. */
record Page(String text) {
    private static final String END = "<!-- end of generated -->\n";

    /** The same with this between the marks of a region, on lines of its own. */
    Page with(String region, String content) {
        String begin = "<!-- generated: " + region + " -->\n";
        int from = text.indexOf(begin);
        int to = text.indexOf(END, Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IllegalArgumentException("the page has no region " + begin.strip() + " ... " + END.strip());
        }
        return new Page(text.substring(0, from + begin.length()) + content + text.substring(to));
    }
}
