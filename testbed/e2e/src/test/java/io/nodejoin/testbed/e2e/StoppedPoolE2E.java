package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@OnSharedBed
class StoppedPoolE2E {
    private static final PoolName POOL = new PoolName("broken-image");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final SharedBed bed;

    StoppedPoolE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldStopThePoolWhoseKubeletsCannotStartUntilSomebodyResumesIt() {
        // given
        List<HostFixture> broken =
                Stream.of("broken-1", "broken-2", "broken-3").map(bed::newHost).toList();
        broken.forEach(fixture -> request(fixture, Fault.KUBELET_CANNOT_START));
        broken.forEach(fixture -> assertThat(bed.outcomes()
                        .awaitOutcome(fixture.node(), JoinFailed.class)
                        .reason())
                .isEqualTo(ErrorCode.KUBELET_NOT_STARTED));
        HostFixture mended = bed.newHost("mended");

        // when
        request(mended, Fault.NONE);
        String node = SharedBed.recordKey(mended.node());
        await("the reason of the wait")
                .atMost(TIMEOUT)
                .until(() -> nodejoin("status", node).output(), said -> said.contains("pool broken-image is stopped"));
        CommandResult resumed = nodejoin("resume", POOL.value(), "--cluster", SharedBed.CLUSTER.value());

        // then
        assertThat(resumed.exitCode()).as(resumed.error()).isEqualTo(ExitCodes.OK);
        bed.outcomes().awaitOutcome(mended.node(), JoinSucceeded.class);
        assertThat(nodejoin("resume", POOL.value(), "--cluster", SharedBed.CLUSTER.value())
                        .exitCode())
                .isEqualTo(ExitCodes.NOT_FOUND);
    }

    private void request(HostFixture fixture, Fault fault) {
        bed.boot(fixture, fault);
        bed.requests().send(SharedBed.requestBuilder(fixture).pool(POOL).build(), SharedBed.recordKey(fixture.node()));
    }

    private CommandResult nodejoin(String... words) {
        return bed.testBed()
                .service()
                .cli(words)
                .withVariable(
                        "NODEJOIN_CONFIG", bed.testBed().service().config().toString())
                .run();
    }
}
