package io.nodejoin.testbed.process;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A dump of the threads of a JVM, including virtual ones.
 *
 * @param text as {@code jcmd PID Thread.dump_to_file} writes it
 */
public record ThreadDump(String text) {
    private static final int MAX_GROUPS = 12;
    private static final int INNERMOST_FRAMES = 3;
    private static final String FRAME = "at ";

    /** The most frequent things that threads do, each with the number of threads that do it, as an indented paragraph. */
    public String summary() {
        Map<String, Long> groups = Stream.of(text.split("\n\n"))
                .filter(thread -> thread.startsWith("#"))
                .map(ThreadDump::activity)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return groups.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_GROUPS)
                .map(group -> "  " + group.getValue() + " x " + group.getKey())
                .collect(Collectors.joining("\n"));
    }

    /** The innermost frames, and the first that is not the JDK's own. */
    private static String activity(String thread) {
        List<String> frames = thread.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(FRAME))
                .map(line -> line.substring(FRAME.length()))
                .toList();
        Stream<String> caller = frames.stream()
                .skip(INNERMOST_FRAMES)
                .filter(frame -> !frame.startsWith("java.base/"))
                .limit(1);
        return Stream.concat(frames.stream().limit(INNERMOST_FRAMES), caller).collect(Collectors.joining(" < "));
    }
}
