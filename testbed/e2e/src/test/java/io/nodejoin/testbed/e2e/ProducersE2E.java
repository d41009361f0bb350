package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.RequestSigner;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of docs/producers, with the libraries that they name, as their page says to run them; the cluster wants signatures. */
@Tag("full")
@OnRestartedBed
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProducersE2E {
    private static final Path ROOT = SourceTree.locate().root();
    private static final Path PRODUCERS = ROOT.resolve("docs/producers");
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    private Path scratch;

    private final SharedBed bed;

    ProducersE2E(SharedBed bed) {
        this.bed = bed;
    }

    @BeforeAll
    void wantSignedRequests() {
        RequestSigner _ = RequestSigner.of(bed.testBed().directories());
        bed.restartServiceWith(
                SharedBed.settings().withRequestKeys(bed.testBed().directories().requestKeys(), List.of()));
    }

    @AfterAll
    void believeEverybodyAgain() throws IOException {
        bed.restartServiceWith(SharedBed.settings());
        Files.delete(bed.testBed().directories().signingKey());
    }

    enum Producer {
        KCAT {
            @Override
            List<String> install(Path scratch) {
                return List.of(PRODUCERS.resolve("kcat/join.sh").toString());
            }
        },
        PYTHON {
            @Override
            List<String> install(Path scratch) {
                String requirements =
                        PRODUCERS.resolve("python/requirements.txt").toString();
                ProducersE2E.install("python3", "-m", "venv", scratch.toString());
                ProducersE2E.install(scratch.resolve("bin/pip").toString(), "install", "-r", requirements);
                return List.of(
                        scratch.resolve("bin/python").toString(),
                        PRODUCERS.resolve("python/join.py").toString());
            }
        },
        GO {
            @Override
            List<String> install(Path scratch) {
                String program = scratch.resolve("join").toString();
                ProducersE2E.install(
                        "go", "build", "-C", PRODUCERS.resolve("go").toString(), "-o", program, ".");
                return List.of(program);
            }
        },
        JAVA {
            @Override
            List<String> install(Path scratch) {
                String build = PRODUCERS.resolve("java/pom.xml").toString();
                return List.of(ROOT.resolve("mvnw").toString(), "--quiet", "--file", build, "compile", "exec:java");
            }
        };

        /** Returns the command that runs it. */
        abstract List<String> install(Path scratch);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRequestAJoinAndTellItsOutcomeByTheExitCode(Producer producer) {
        // given
        List<String> command = producer.install(scratch);
        String name = "producer-" + producer.name().toLowerCase(Locale.ROOT);
        HostFixture fit = bed.newHost(name);
        bed.boot(fit, Fault.NONE);
        HostFixture unfit = bed.newHost(name + "-unfit");
        bed.boot(unfit, Fault.KUBELET_MISSING);

        // when
        CommandResult unsigned = run(command, SharedBed.CLUSTER, fit, "");
        CommandResult joined = runSigned(command, SharedBed.CLUSTER, fit);
        CommandResult failed = runSigned(command, SharedBed.CLUSTER, unfit);
        CommandResult rejected = runSigned(command, new ClusterName("nowhere"), fit);

        // then
        assertThat(unsigned.exitCode()).as("%s", unsigned).isEqualTo(6);
        assertThat(unsigned.output()).contains("rejected " + ErrorCode.EVENT_UNAUTHENTICATED);
        assertThat(joined.exitCode()).as("%s", joined).isZero();
        assertThat(joined.output()).contains("accepted", "phase-changed NodeReady", "succeeded");
        assertThat(bed.cluster().ready(fit.node())).hasSize(1);
        assertThat(failed.exitCode()).as("%s", failed).isEqualTo(1);
        assertThat(failed.output()).contains("failed " + ErrorCode.HOST_PREFLIGHT_FAILED);
        assertThat(rejected.exitCode()).as("%s", rejected).isEqualTo(6);
        assertThat(rejected.output()).contains("rejected " + ErrorCode.UNKNOWN_CLUSTER);
    }

    private CommandResult runSigned(List<String> command, ClusterName cluster, HostFixture fixture) {
        return run(
                command,
                cluster,
                fixture,
                bed.testBed().directories().signingKey().toString());
    }

    private CommandResult run(List<String> command, ClusterName cluster, HostFixture fixture, String signingKey) {
        return Command.of(command)
                .withVariable("KAFKA_BOOTSTRAP_SERVERS", bed.testBed().kafka().bootstrapServers())
                .withVariable("NODEJOIN_CLUSTER", cluster.value())
                .withVariable("NODEJOIN_NODE", fixture.node().value())
                .withVariable("NODEJOIN_ENROLLMENT_SECRET", fixture.secret())
                .withVariable("NODEJOIN_SIGNING_KEY", signingKey)
                .withTimeout(JOIN_TIMEOUT)
                .run();
    }

    private static void install(String... command) {
        Command.of(command).withTimeout(INSTALL_TIMEOUT).run().orFail();
    }
}
