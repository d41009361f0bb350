package io.nodejoin.agent;

import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Hands out what it is given, and keeps what it is told. */
final class ScriptedGatewayClient implements GatewayClient {
    private final BlockingQueue<Supplier<GatewayResponse>> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<ReportedResult> results = new LinkedBlockingQueue<>();

    private volatile Runnable beforeClose = () -> {};
    private final Semaphore deliveries = new Semaphore(0);
    private volatile CountDownLatch hears = new CountDownLatch(0);

    /** A result, and the command that it is of. */
    record ReportedResult(String assignment, HostResult result) {}

    void answer(GatewayResponse response) {
        answer(() -> response);
    }

    /** Does this when it is asked next. */
    void answer(Supplier<GatewayResponse> answer) {
        answers.add(answer);
    }

    /** Does this when it is closed. */
    void beforeClose(Runnable act) {
        beforeClose = act;
    }

    /** Leaves results without an answer until then. */
    void delayResultsUntil(CountDownLatch moment) {
        hears = moment;
    }

    /** Waits until an agent begins to send a result. */
    void awaitDelivery() throws InterruptedException {
        deliveries.acquire();
    }

    /** The next result that an agent sends. */
    ReportedResult awaitResult() throws InterruptedException {
        return Objects.requireNonNull(results.poll(30, TimeUnit.SECONDS), "no result came");
    }

    /** Whether no result has come that nobody has looked at. */
    boolean hasNoResult() {
        return results.isEmpty();
    }

    @Override
    public GatewayResponse poll() throws InterruptedException {
        return answers.take().get();
    }

    @Override
    public GatewayResponse reportProgress(String assignment, ProgressReport progress) {
        return new GatewayResponse.Accepted();
    }

    @Override
    public GatewayResponse reportResult(String assignment, HostResult result) throws InterruptedException {
        deliveries.release();
        hears.await();
        results.add(new ReportedResult(assignment, result));
        return new GatewayResponse.Accepted();
    }

    @Override
    public GatewayResponse reportLog(HostLogReport report) {
        return new GatewayResponse.Accepted();
    }

    @Override
    public void close() {
        beforeClose.run();
    }
}
