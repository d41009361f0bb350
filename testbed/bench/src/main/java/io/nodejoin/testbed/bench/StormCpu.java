package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;

/**
 * Seconds of CPU time of all that a storm keeps busy.
 *
 * @param database Temporal's PostgreSQL; 0 if Temporal keeps its state itself
 * @param hosts this process: simulated hosts and clients
 */
record StormCpu(
        double service,
        double temporal,
        double database,
        double apiServer,
        double etcd,
        double controllerManager,
        double hosts) {
    private static final double NANOS = 1e9;

    /** Reads what they have used since their start. */
    static StormCpu of(TestBed bed) {
        boolean postgres = bed.settings().hasPostgres();
        return new StormCpu(
                bed.replicas().stream()
                        .mapToDouble(replica -> CpuTime.seconds(replica.process()))
                        .sum(),
                postgres
                        ? bed.temporalCluster().servers().stream()
                                .mapToDouble(CpuTime::seconds)
                                .sum()
                        : CpuTime.seconds(bed.temporal().process()),
                postgres ? ofTree(bed.temporalCluster().postgres().process()) : 0,
                CpuTime.seconds(bed.controlPlane().apiServer()),
                CpuTime.seconds(bed.controlPlane().etcd()),
                CpuTime.seconds(bed.controlPlane().controllerManager()),
                seconds(ProcessHandle.current()));
    }

    /** PostgreSQL serves each connection by a process, which lives as long as the connection. */
    private static double ofTree(SupervisedProcess root) {
        return root.identity().map(ProcessIdentity::pid).flatMap(ProcessHandle::of).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .mapToDouble(StormCpu::seconds)
                .sum();
    }

    private static double seconds(ProcessHandle process) {
        Optional<Duration> used = process.info().totalCpuDuration();
        return used.map(time -> time.toNanos() / NANOS).orElse(0.0);
    }

    /** Service and Temporal, without its database: what a join costs beyond the cluster. */
    @JsonProperty
    double serviceAndTemporal() {
        return service + temporal;
    }

    StormCpu minus(StormCpu other) {
        return combine(other, (one, two) -> one - two);
    }

    StormCpu times(double factor) {
        return combine(this, (one, _) -> one * factor);
    }

    /** The median of each, by itself. */
    static StormCpu medians(List<StormCpu> all) {
        return new StormCpu(
                Samples.medianOf(all, StormCpu::service),
                Samples.medianOf(all, StormCpu::temporal),
                Samples.medianOf(all, StormCpu::database),
                Samples.medianOf(all, StormCpu::apiServer),
                Samples.medianOf(all, StormCpu::etcd),
                Samples.medianOf(all, StormCpu::controllerManager),
                Samples.medianOf(all, StormCpu::hosts));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "service %.3f, Temporal %.3f, PostgreSQL %.3f, API server %.3f, etcd %.3f, controller manager %.3f, hosts %.3f",
                service,
                temporal,
                database,
                apiServer,
                etcd,
                controllerManager,
                hosts);
    }

    private StormCpu combine(StormCpu other, DoubleBinaryOperator operation) {
        return new StormCpu(
                operation.applyAsDouble(service, other.service),
                operation.applyAsDouble(temporal, other.temporal),
                operation.applyAsDouble(database, other.database),
                operation.applyAsDouble(apiServer, other.apiServer),
                operation.applyAsDouble(etcd, other.etcd),
                operation.applyAsDouble(controllerManager, other.controllerManager),
                operation.applyAsDouble(hosts, other.hosts));
    }
}
