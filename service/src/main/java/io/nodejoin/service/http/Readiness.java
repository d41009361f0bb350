package io.nodejoin.service.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks each dependency every few seconds what is in the way; requests read the latest answers and never wait. */
public final class Readiness {
    private static final long EVERY_SECONDS = 3;

    private final Map<String, Probe> probes;
    private final Map<String, String> obstacles = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    public Readiness(Map<String, Probe> probes) {
        this.probes = new LinkedHashMap<>(probes);
        this.probes.keySet().forEach(name -> obstacles.put(name, "not asked yet"));
    }

    /** One dependency. */
    @FunctionalInterface
    public interface Probe {
        /** What is in the way, or null. An exception is in the way too. */
        @Nullable String obstacle() throws Exception;

        /** What should be seen to though it is not in the way, or null, as the latest answer left it; does not wait. */
        default @Nullable String warning() {
            return null;
        }
    }

    /** Begins asking; each dependency has its own thread, so that a slow one delays no other. */
    public void start() {
        probes.forEach((name, probe) -> Thread.ofVirtual().name("probe-" + name).start(() -> watch(name, probe)));
    }

    /** From here on the answer is: not ready. */
    public void stop() {
        stopping.countDown();
    }

    boolean isReady() {
        return stopping.getCount() > 0 && obstacles.isEmpty();
    }

    /** One line per dependency. */
    String text() {
        StringBuilder text = new StringBuilder();
        probes.forEach((name, probe) -> text.append(line(name, obstacles.get(name), probe.warning())));
        if (stopping.getCount() == 0) {
            text.append("[-] stopping\n");
        }
        return text.append(isReady() ? "ready\n" : "not ready\n").toString();
    }

    private static String line(String name, @Nullable String obstacle, @Nullable String warning) {
        if (obstacle != null) {
            return "[-] " + name + ": " + obstacle + "\n";
        }
        return warning == null ? "[+] " + name + " ok\n" : "[!] " + name + ": " + warning + "\n";
    }

    private void watch(String name, Probe probe) {
        try {
            do {
                remember(name, () -> ask(probe));
            } while (!stopping.await(EVERY_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void remember(String name, Supplier<@Nullable String> asked) {
        String obstacle = asked.get();
        if (obstacle == null) {
            obstacles.remove(name);
        } else {
            obstacles.put(name, obstacle);
        }
    }

    private static @Nullable String ask(Probe probe) {
        try {
            return probe.obstacle();
        } catch (Exception e) { // whatever a client library throws, the dependency is not there
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        }
    }
}
