package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A command at a terminal of its own, and a person who types once there is something to read. */
final class PseudoTerminal {
    /** What the terminal driver makes the signal SIGINT of. */
    static final String CONTROL_C = "\u0003";

    private PseudoTerminal() {}

    /** What was on the screen, with its escape sequences, and how the command ended. */
    record Screen(String text, int exitCode) {}

    /** Types this as soon as the text is on the screen. */
    static Screen run(Command command, Map<String, String> environment, String awaited, String typed) {
        String line = command.arguments().stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
        // A build in the background may have its programs ignore what the keys of a terminal send.
        String atTerminal = "exec env --default-signal=INT " + line;
        ProcessBuilder script =
                new ProcessBuilder(List.of("script", "-qec", atTerminal, "/dev/null")).redirectErrorStream(true);
        script.environment().putAll(environment);
        script.environment().put("TERM", "xterm");
        try {
            Process process = script.start();
            String text = converse(process, awaited, typed);
            return new Screen(text, process.waitFor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the terminal", e);
        }
    }

    private static String converse(Process process, String awaited, String typed) throws IOException {
        StringBuilder text = new StringBuilder();
        boolean answered = false;
        try (InputStream screen = process.getInputStream();
                OutputStream keys = process.getOutputStream()) {
            for (int next = screen.read(); next >= 0; next = screen.read()) {
                text.append((char) next);
                if (!answered && !awaited.isEmpty() && text.indexOf(awaited) >= 0) {
                    keys.write(typed.getBytes(StandardCharsets.US_ASCII));
                    keys.flush();
                    answered = true;
                }
            }
        }
        return text.toString();
    }
}
