package io.nodejoin.agent.command;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Checks and prepares a host again that was prepared early: it may have changed since, and now the join is known. Runs
 * while the host connects to the API server.
 */
public final class HostVerification {
    private final Preflight preflight;
    private final PrepareHost prepareHost;

    public HostVerification(Preflight preflight, PrepareHost prepareHost) {
        this.preflight = preflight;
        this.prepareHost = prepareHost;
    }

    /** @param expected the checks; absent if the join has checked and prepared the host */
    Running start(HostCommand.@Nullable Preflight expected, ProgressListener progress) {
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        return new Running(
                thread, thread.submit(() -> expected == null ? Optional.empty() : verify(expected, progress)));
    }

    /** Returns the failure, if there is one. Idempotent. */
    private Optional<HostResult.HostFailed> verify(HostCommand.Preflight expected, ProgressListener progress)
            throws InterruptedException {
        return preflight.execute(expected) instanceof HostResult.HostFailed failed && !isOfApiServerAlone(failed)
                ? Optional.of(failed)
                : prepareHost.repeat(
                        new HostCommand.PrepareHost(
                                expected.profile(), TlsBootstrap.AGENT, expected.settings(), expected.podCidr()),
                        progress);
    }

    /** The connection to the API server is made anyway, and tried again for a while. */
    private static boolean isOfApiServerAlone(HostResult.HostFailed failed) {
        return failed.problem().code() == ErrorCode.HOST_CANNOT_REACH_API_SERVER;
    }

    /** A verification under way. */
    static final class Running implements AutoCloseable {
        private final ExecutorService thread;
        private final Future<Optional<HostResult.HostFailed>> failure;

        private Running(ExecutorService thread, Future<Optional<HostResult.HostFailed>> failure) {
            this.thread = thread;
            this.failure = failure;
        }

        /**
         * Waits for its end.
         *
         * @throws FailedException if the host does not fit the join
         * @throws HostException if its state cannot be read or changed
         */
        void requirePassed() throws InterruptedException {
            try {
                Optional<HostResult.HostFailed> failed = failure.get();
                if (failed.isPresent()) {
                    throw new FailedException(failed.get());
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof HostException unreadable) {
                    throw unreadable;
                }
                throw new IllegalStateException("the verification of the host met a defect", e.getCause());
            }
        }

        /** Interrupts it if it still runs, and waits for its end. */
        @Override
        public void close() {
            thread.shutdownNow();
            thread.close();
        }
    }

    /** The host does not fit the join. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient HostResult.HostFailed result;

        private FailedException(HostResult.HostFailed result) {
            super(result.problem().toLine());
            this.result = result;
        }

        HostResult.HostFailed result() {
            return result;
        }
    }
}
