package io.nodejoin.service.wiring;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.gateway.HostGateway;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.gateway.temporal.TemporalJoinWorkflows;
import io.nodejoin.gateway.temporal.TemporalMachinePools;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.intake.RejoinStarter;
import io.nodejoin.service.intake.TemporalRejoinDecisions;
import io.nodejoin.service.worker.PolledQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The agents' server, and the commands to hosts. */
final class GatewayRole implements RoleParts {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private final GatewaySettings settings;
    private final HostGateway gateway;

    GatewayRole(ProcessContext process) throws ConfigException {
        this.settings = process.config().gateway();
        CallDeadline deadline = new CallDeadline(CALL_TIMEOUT, process.scheduler());
        this.gateway = new HostGateway(
                settings,
                GatewayTimeouts.defaults(),
                ConnectionLimits.defaults(),
                new TemporalJoinWorkflows(process.connections().temporal().failFastClient(), deadline),
                new TemporalMachinePools(process.connections().temporal().failFastClient(), deadline),
                rejoinStarter(process, deadline),
                process.audit(),
                process.clock(),
                process.nanoTime(),
                process.scheduler(),
                process.connections().meters());
    }

    private static RejoinStarter rejoinStarter(ProcessContext process, CallDeadline deadline) {
        return new RejoinStarter(
                new TemporalRejoinDecisions(process.connections().temporal().failFastClient(), deadline),
                process.joinStarter(EnrollmentHandover.none()),
                process.config().joinPolicies(),
                process.config().join().deadline(),
                process.audit(),
                process.clock());
    }

    HostGateway gateway() {
        return gateway;
    }

    @Override
    public List<Lifecycle.Part> background() {
        return List.of();
    }

    @Override
    public List<Lifecycle.Part> entrances() {
        return List.of(Lifecycle.Part.listening("gateway.listen", settings.listen(), gateway::start, gateway::stop));
    }

    @Override
    public Map<String, Readiness.Probe> probes() {
        return Map.of("gateway", gateway::notReadyReason);
    }

    @Override
    public List<PolledQueue> queues() {
        return List.of(PolledQueue.gateway(settings.instance(), gateway.activities(), gateway::queries));
    }
}
