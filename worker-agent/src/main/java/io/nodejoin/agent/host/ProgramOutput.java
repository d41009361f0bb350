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

/** What a program writes, read by a thread of its own as it comes. Output that cannot be read to its end has none. */
final class ProgramOutput {
    private static final Logger LOG = System.getLogger(ProgramOutput.class.getName());

    private static final int CHUNK = 64 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private long cut;

    static ProgramOutput of(InputStream stream) {
        ProgramOutput output = new ProgramOutput();
        Thread.ofVirtual().start(() -> output.drain(stream));
        return output;
    }

    private void drain(InputStream stream) {
        byte[] chunk = new byte[CHUNK];
        try (stream) {
            for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
                keep(chunk, length);
            }
            ended.countDown();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "what a program writes cannot be read any more: {0}", e.getMessage());
        }
    }

    private synchronized void keep(byte[] chunk, int length) {
        int room = Math.min(length, CommandResult.OUTPUT_LIMIT - kept.size());
        kept.write(chunk, 0, room);
        cut += length - room;
    }

    /** Waits for the end, which does not come while a grandchild of the agent holds the pipe open. Returns whether it came. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What has been read so far. */
    synchronized String text() {
        String text = kept.toString(StandardCharsets.UTF_8);
        return cut == 0 ? text : text + "\n[" + cut + " bytes cut]";
    }

    /** The result of a program that has ended with this code, and whose output has ended. */
    synchronized CommandResult after(int code) {
        return cut == 0 ? new CommandResult.Exited(code, text()) : new CommandResult.Cut(code, text());
    }
}
