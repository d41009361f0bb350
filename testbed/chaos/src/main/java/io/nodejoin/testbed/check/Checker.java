package io.nodejoin.testbed.check;

import io.nodejoin.testbed.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads API server, Temporal, Kafka, hosts and audit log, and reports violated invariants. It shares no code with the
 * product and never queries it. It records all tokens from its construction on, so that it can scan for them.
 */
public final class Checker implements AutoCloseable {
    private static final Duration SCAN_TIMEOUT = Duration.ofSeconds(60);

    private final Config config;
    private final ClusterReader cluster;
    private final TemporalReader temporal;
    private final TopicReader topics;
    private final List<AuditLogReader> audit;
    private final Queue<HostInspector> hosts = new ConcurrentLinkedQueue<>();
    private final Map<String, String> secrets = new ConcurrentHashMap<>();

    public Checker(Config config) {
        this.config = config;
        this.cluster = new ClusterReader(config.adminKubeconfig());
        this.temporal = new TemporalReader(config.temporalTarget());
        this.topics = new TopicReader(config.kafkaBootstrapServers());
        this.audit = config.auditLogs().stream().map(AuditLogReader::new).toList();
    }

    /** Adds a host that no join has touched yet. */
    public void addHost(String node, Path root, BooleanSupplier kubeletActive) {
        hosts.add(new HostInspector(node, root, kubeletActive));
    }

    /** Adds a secret that must not be found anywhere; only the name is printed. */
    public void addSecret(String name, String secret) {
        secrets.put(name, secret);
    }

    /**
     * Adds a private key, a PEM file, by the last line of its body: the lines before are equal in all keys of the kind.
     */
    public void addKey(Path pem) {
        try {
            List<String> lines = Files.readAllLines(pem);
            addSecret("the key " + pem.getFileName(), lines.get(lines.size() - 2));
        } catch (IOException e) {
            throw new UncheckedIOException("the key " + pem + " cannot be read", e);
        }
    }

    /** Returns the current violations. While joins run, changes in progress may appear as violations. */
    public List<Violation> violations() {
        return Invariants.violations(snapshot(Map.of()));
    }

    /** Checks repeatedly, and returns the violations that remain after the timeout. */
    public List<Violation> awaitNoViolations(Duration patience) {
        return poll(patience, this::violations, List::isEmpty);
    }

    /** Scans every place that must not contain secrets, from its start; takes seconds for hundreds of joins. */
    public SecretScan scanForSecrets() {
        return poll(SCAN_TIMEOUT, () -> SecretScan.of(snapshot(readSinks())), _ -> true);
    }

    /** A check that fails, for a component that has just restarted, does not count, unless it is the last one. */
    private static <T> T poll(Duration patience, Supplier<T> look, Predicate<T> enough) {
        AtomicReference<Supplier<T>> last = new AtomicReference<>(look);
        Await.until(patience, () -> {
            try {
                T seen = look.get();
                last.set(() -> seen);
                return enough.test(seen);
            } catch (RuntimeException e) {
                last.set(() -> {
                    throw e;
                });
                return false;
            }
        });
        return last.get().get();
    }

    /** Returns whether the intake has committed every request. */
    public boolean isIntakeCaughtUp() {
        return topics.isReadToItsEnd(committedOffsets());
    }

    /** Returns the entries of the ledger. */
    public List<String> ledgerEntries() {
        return cluster.ledger().stream()
                .map(entry -> entry.ref() + " of join " + entry.join())
                .toList();
    }

    /**
     * Returns existing tokens whose join does not run, each with its id and object; one whose join is just ending may
     * be among them.
     */
    public Set<String> orphanTokens() {
        List<ClusterSnapshot.Token> tokens = cluster.tokens().stream()
                .filter(token -> !token.join().isEmpty())
                .toList();
        Set<String> running = tokens.isEmpty() ? Set.of() : temporal.runningJoins();
        return tokens.stream()
                .filter(token -> !running.contains(token.join()))
                .map(token -> token.id() + " of join " + token.join() + ": " + token.ref())
                .collect(Collectors.toSet());
    }

    /** The read order matters: offsets before workflow runs, runs before what they compensate. */
    private ClusterSnapshot snapshot(Map<String, String> sinks) {
        Instant at = Instant.now();
        Map<Integer, Long> committed = committedOffsets();
        List<ClusterSnapshot.Run> runs = temporal.runs();
        ClusterSnapshot.KubernetesState objects = cluster.read();
        return new ClusterSnapshot(
                at,
                objects,
                runs,
                topics.read(committed),
                hosts.stream().map(HostInspector::inspect).toList(),
                audit.stream().flatMap(log -> log.lines().stream()).toList(),
                sinks,
                allSecrets());
    }

    private Map<Integer, Long> committedOffsets() {
        try {
            return topics.committed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading offsets", e);
        }
    }

    private Map<String, String> allSecrets() {
        Map<String, String> all = new HashMap<>(secrets);
        all.putAll(cluster.tokenSecrets());
        return all;
    }

    private Map<String, String> readSinks() {
        Map<String, String> sinks = new HashMap<>(temporal.texts());
        for (String topic : List.of(TopicReader.REQUESTS, TopicReader.EVENTS, TopicReader.DEAD_LETTERS)) {
            sinks.put("topic " + topic, topics.text(topic));
        }
        config.auditLogs().forEach(log -> sinks.put("the audit log " + log.getFileName(), text(log)));
        config.logs().forEach(log -> sinks.put(log.toString(), text(log)));
        return sinks;
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    @Override
    public void close() {
        cluster.close();
        temporal.close();
    }

    /**
     * The sources of a checker.
     *
     * @param adminKubeconfig kubeconfig of the cluster's administrator
     * @param auditLogs Nodejoin's audit logs, one for each replica; may not exist yet
     * @param logs files that must not contain secrets
     */
    public record Config(
            Path adminKubeconfig,
            String kafkaBootstrapServers,
            String temporalTarget,
            List<Path> auditLogs,
            List<Path> logs) {
        public Config {
            auditLogs = List.copyOf(auditLogs);
            logs = List.copyOf(logs);
        }
    }

    /**
     * The result of a scan for secrets.
     *
     * @param secrets number of secrets
     * @param places number of histories, topics and logs
     * @param found each secret in each place that contains it
     */
    public record SecretScan(int secrets, int places, List<Violation> found) {
        static SecretScan of(ClusterSnapshot snapshot) {
            return new SecretScan(
                    snapshot.secrets().size(),
                    snapshot.sinks().size(),
                    Invariants.violations(snapshot).stream()
                            .filter(violation -> violation.invariant().equals(Invariants.NO_SECRET))
                            .toList());
        }
    }
}
