package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.host.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** kill -9 of the agent of one booted host, each at a step of its join, and what systemd and the agent say of it. */
final class AgentKills {
    private static final String UNIT = "nodejoin-agent.service";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** All of the joins together. */
    private static final Duration MAX_DURATION = Duration.ofMinutes(3);
    /** A command ends in less than a second on a host that is as it should be. */
    private static final int MAX_DELAY_MILLIS = 30;

    /**
     * Each pair of arguments is a command and how long the agent lives after it has noted in its own journal that it takes it on, in
     * seconds. Whoever follows a journal hears of it too late.
     */
    private static final String AMBUSH = """
            while [ $# -gt 0 ]; do
              until grep -qs '"Accepted".*"verb":"'"$1"'"' /var/lib/nodejoin-agent/journal.jsonl; do sleep 0.02; done
              sleep "$2"
              systemctl kill --signal=KILL --kill-whom=main nodejoin-agent.service && echo "$1"
              shift 2
            done
            """;

    private final Host host;
    private final List<String> ambushed;
    private final CompletableFuture<List<String>> ambush;
    private final AtomicInteger others = new AtomicInteger();

    /**
     * Kills the agent while it carries out each of these commands; other kills are asked for one by one.
     *
     * @param seededRandom draw how long after their beginning
     */
    AgentKills(Host host, List<String> commands, Random seededRandom) {
        this.host = host;
        this.ambushed = List.copyOf(commands);
        List<String> words = new ArrayList<>(List.of("sh", "-c", AMBUSH, "ambush"));
        for (String command : commands) {
            words.add(command);
            words.add(String.format(Locale.ROOT, "0.%03d", seededRandom.nextInt(MAX_DELAY_MILLIS)));
        }
        System.err.println("kills on " + host.name() + ": " + words.subList(4, words.size()));
        this.ambush = CompletableFuture.supplyAsync(
                () -> commands.isEmpty() ? List.of() : killAt(words),
                task -> Thread.ofVirtual().start(task));
    }

    private List<String> killAt(List<String> words) {
        return host.run(words, MAX_DURATION).output().lines().toList();
    }

    /** Kills it once the service is held there. */
    void at(FailPointMarker marker, String place) {
        await(place).atMost(MAX_DURATION).until(() -> marker.lines().contains(place));
        now();
    }

    /** Kills it, as soon as it runs. */
    void now() {
        String pid = await("a running agent on " + host.name())
                .atMost(TIMEOUT)
                .until(() -> property("MainPID"), found -> !found.equals("0"));
        host.run("kill", "-KILL", pid).orFail();
        others.incrementAndGet();
    }

    /** How many agents were killed. */
    int made() {
        return others.get() + ambush.join().size();
    }

    /** How many agents have died so, as systemd tells. What it starts again for reasons of its own does not count. */
    long deaths() {
        return log().lines()
                .filter(line -> line.contains("code=killed, status=9/KILL"))
                .count();
    }

    /** Of the commands that it was to be killed in, those that the same process has begun and ended. */
    List<String> missed() {
        String log = log();
        return ambushed.stream()
                .filter(command -> process(log, command + " accepted").equals(process(log, command + " ended")))
                .toList();
    }

    /** All that the agents of this host have said, and systemd of them. */
    String log() {
        return host.run("journalctl", "--no-pager", "--quiet", "--unit=" + UNIT).output();
    }

    private static String process(String log, String event) {
        Matcher line = Pattern.compile("\\[(\\d+)]: \\w+ " + event).matcher(log);
        if (!line.find()) {
            throw new AssertionError("the agent never said '" + event + "':\n" + log);
        }
        return line.group(1);
    }

    private String property(String name) {
        return host.unitProperty(UNIT, name);
    }
}
