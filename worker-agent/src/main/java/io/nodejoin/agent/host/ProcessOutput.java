package io.nodejoin.agent.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads the output of a program in a thread of its own. Output that cannot be read to its end has no result. */
final class ProcessOutput {
    private static final Logger LOG = System.getLogger(ProcessOutput.class.getName());

    private static final int CHUNK = 64 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private long truncatedBytes;

    static ProcessOutput startReading(InputStream stream) {
        ProcessOutput output = new ProcessOutput();
        Thread.ofVirtual().start(() -> output.readAll(stream));
        return output;
    }

    private void readAll(InputStream stream) {
        byte[] chunk = new byte[CHUNK];
        try (stream) {
            for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
                append(chunk, length);
            }
            ended.countDown();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the output of a program cannot be read: {0}", e.getMessage());
        }
    }

    private synchronized void append(byte[] chunk, int length) {
        int room = Math.min(length, CommandResult.OUTPUT_LIMIT - kept.size());
        kept.write(chunk, 0, room);
        truncatedBytes += length - room;
    }

    /**
     * Waits for end of file, which does not come while a grandchild holds the pipe open. Returns whether it was
     * reached.
     */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns the output so far. */
    synchronized String text() {
        String text = kept.toString(StandardCharsets.UTF_8);
        return truncatedBytes == 0 ? text : text + "\n[" + truncatedBytes + " bytes cut]";
    }

    /** Returns the result of a program that has exited with this code, and whose output has ended. */
    synchronized CommandResult toResult(int code) {
        return truncatedBytes == 0 ? new CommandResult.Exited(code, text()) : new CommandResult.Truncated(code, text());
    }
}
