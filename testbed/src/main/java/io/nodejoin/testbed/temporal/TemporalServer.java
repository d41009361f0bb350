package io.nodejoin.testbed.temporal;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Provisioner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Temporal server with its UI. Its state is a file: after a kill, {@link #start()} brings every workflow back. */
public final class TemporalServer {
    public static final String NAMESPACE = "default";

    private static final String DATABASE = "temporal.db";
    private static final String THROTTLED_METRIC = "service_errors_resource_exhausted{";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DELETE_TIMEOUT = Duration.ofSeconds(30);

    private final AddressPlan plan;
    private final Path data;
    private final Provisioner provisioner;
    private final SupervisedProcess process;

    public TemporalServer(AddressPlan plan, BedDirectories directories, Provisioner provisioner) {
        this.plan = plan;
        this.data = directories.temporal();
        this.provisioner = provisioner;
        this.process = new SupervisedProcess("temporal", directories.run(), directories.log());
    }

    /** Returns the address for clients. */
    public String target() {
        return plan.temporal().toString();
    }

    public String ui() {
        return "http://" + plan.temporalUi();
    }

    public SupervisedProcess process() {
        return process;
    }

    /** Starts it unless it runs, and returns when it serves. */
    public void start() {
        start(List.of());
    }

    /** As the other start, for a server that rejects more than this many requests per second (RESOURCE_EXHAUSTED). */
    public void startThrottled(int requestsPerSecond) {
        start(List.of("--dynamic-config-value=frontend.namespaceRPS=" + requestsPerSecond));
    }

    private void start(List<String> further) {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for the database of Temporal can be made", e);
        }
        List<String> all = new ArrayList<>(List.of(
                provisioner.temporal().toString(),
                "server",
                "start-dev",
                "--ip=" + plan.temporal().address(),
                "--port=" + plan.temporal().port(),
                "--ui-port=" + plan.temporalUi().port(),
                "--metrics-port=" + plan.temporalMetrics().port(),
                "--db-filename=" + data.resolve(DATABASE),
                "--log-level=warn"));
        all.addAll(further);
        process.start(new LaunchSpec(all));
        process.awaitReady(READY_TIMEOUT, this::serves);
    }

    /** Returns the number of requests rejected since its start by that limit. */
    public long throttledRequests() {
        return HttpProbe.plain()
                .get(URI.create("http://" + plan.temporalMetrics() + "/metrics"))
                .map(HttpResponse::body)
                .orElseThrow(() -> new IllegalStateException("Temporal does not tell its metrics"))
                .lines()
                .filter(line -> line.startsWith(THROTTLED_METRIC))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    public void stop() {
        process.stop(GRACE_PERIOD);
    }

    /** Forgets everything, as a server whose database is lost. It must be stopped. */
    public void deleteData() {
        try {
            for (String part : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(data.resolve(DATABASE + part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the database of Temporal cannot be removed", e);
        }
    }

    /** The Temporal command line against this server. */
    public Command cli(String... words) {
        List<String> all = new ArrayList<>(List.of(provisioner.temporal().toString()));
        all.addAll(List.of(words));
        all.add("--address=" + target());
        return Command.of(all).withTimeout(PROBE_TIMEOUT);
    }

    /** Deletes the namespace of joins with all its workflows, as an operator can. */
    public void deleteNamespace() {
        cli("operator", "namespace", "delete", NAMESPACE, "--yes")
                .withTimeout(DELETE_TIMEOUT)
                .run()
                .orFail();
    }

    /** Creates the namespace of joins, which must not exist. */
    public void makeNamespace() {
        cli("operator", "namespace", "create", NAMESPACE).run().orFail();
    }

    private boolean serves() {
        return cli("operator", "namespace", "describe", NAMESPACE).run().succeeded();
    }
}
