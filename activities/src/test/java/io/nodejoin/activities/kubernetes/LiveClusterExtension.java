package io.nodejoin.activities.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ServiceCredential;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One control plane for all tests of the adapters: raised for the first, taken down after the last. */
public final class LiveClusterExtension implements ParameterResolver {
    /** The lock of classes that see each other's objects, so that one runs at a time. */
    public static final String CLUSTER = "live cluster";

    private static final Namespace SHARED = Namespace.create(LiveClusterExtension.class);
    private static final BedSettings BED = BedSettings.numbered("it", 14).withMode(BedMode.LOCAL);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LiveCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Optional<String> obstacle = TestBed.unavailableReason(BedMode.LOCAL);
        assumeTrue(obstacle.isEmpty(), () -> "no control plane: " + obstacle.orElse(""));
        return context.getRoot()
                .getStore(SHARED)
                .computeIfAbsent(Raised.class, _ -> Raised.now(), Raised.class)
                .cluster();
    }

    /** The bed with what is connected to it. */
    private record Raised(TestBed bed, LiveCluster cluster) implements AutoCloseable {

        static Raised now() {
            TestBed bed = TestBed.open(BED);
            bed.upControlPlane();
            Path admin = bed.controlPlane().adminKubeconfig();
            Path credential = bed.directories().serviceCredential();
            try (AdminCluster cluster = AdminCluster.open(admin)) {
                new ClusterPreparation(cluster, ApprovalMode.NODEJOIN, Accounts.single, false).apply();
                new ServiceCredential(cluster, Accounts.Account.SERVICE, Clock.systemUTC(), Duration.ofHours(1))
                        .write(credential);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Raised(bed, new LiveCluster(bed.controlPlane(), credential));
        }

        @Override
        public void close() {
            cluster.close();
            bed.down();
        }
    }
}
