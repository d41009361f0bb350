package io.nodejoin.agent.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs programs as child processes, with a small fixed environment. */
public final class ProcessCommandRunner implements CommandRunner {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final long PIPE_GRACE_MILLIS = 200;

    /** @param cut whether the program wrote more than this text */
    private record Written(String text, boolean cut) {
        static final Written NOTHING = new Written("", false);

        CommandResult after(int code) {
            return cut ? new CommandResult.Cut(code, text) : new CommandResult.Exited(code, text);
        }
    }

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
        CompletableFuture<Written> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> output.complete(drain(process.getInputStream())));
        try {
            if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return written(output).after(process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return new CommandResult.TimedOut(written(output).text());
    }

    /** A grandchild may hold the pipe open after the program has ended, so the rest is waited for only shortly. */
    private static Written written(CompletableFuture<Written> output) {
        try {
            return output.get(PIPE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Written.NOTHING;
        } catch (ExecutionException | TimeoutException e) {
            return Written.NOTHING;
        }
    }

    private static Written drain(InputStream stream) {
        try (stream) {
            byte[] kept = stream.readNBytes(CommandResult.OUTPUT_LIMIT);
            long cut = stream.skip(Long.MAX_VALUE);
            String text = new String(kept, StandardCharsets.UTF_8);
            return cut == 0 ? new Written(text, false) : new Written(text + "\n[" + cut + " bytes cut]", true);
        } catch (IOException e) {
            return Written.NOTHING;
        }
    }
}
