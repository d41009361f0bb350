package io.nodejoin.agent.host;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs programs as child processes, with a small fixed environment. */
public final class ProcessCommandRunner implements CommandRunner {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Duration PIPE_GRACE = Duration.ofMillis(200);

    @Override
    public CommandResult run(List<String> command, Duration timeout) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return await(process, timeout);
        } catch (IOException e) {
            return new CommandResult.NotStarted("cannot run " + command.getFirst() + ": " + e.getMessage());
        }
    }

    private static CommandResult await(Process process, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        ProcessOutput output = ProcessOutput.startReading(process.getInputStream());
        try {
            if (process.waitFor(timeout) && output.awaitEnd(Duration.ofNanos(end - System.nanoTime()))) {
                return output.toResult(process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return new CommandResult.TimedOut(awaitText(output));
    }

    /** The output before the kill may not be complete yet. */
    private static String awaitText(ProcessOutput output) {
        try {
            output.awaitEnd(PIPE_GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output.text();
    }
}
