package io.nodejoin.testbed.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link to somebody who answers each byte with the same byte, without the rest of a bed. */
class LinksIT {
    private static final Duration LATE = Duration.ofSeconds(30);
    private static final int PATIENCE_MILLIS = 1_000;
    private static final int SILENCE = -2;

    private final TestBed bed = TestBed.open(BedSettings.numbered("links", 18).withMode(BedMode.LOCAL));
    private final AtomicInteger heard = new AtomicInteger();
    private ServerSocket server;
    private Thread serving;

    @BeforeEach
    void raise() throws IOException {
        assumeTrue(TestBed.unavailableReason(BedMode.LOCAL).isEmpty(), "needs Go");
        Endpoint far = Link.TEMPORAL.upstreamAddress(bed.plan());
        server = new ServerSocket(far.port(), 10, InetAddress.getByName(far.address()));
        serving = Thread.ofVirtual().start(this::serve);
        bed.links().start();
    }

    @AfterEach
    void tearDown() throws IOException, InterruptedException {
        bed.down();
        if (server != null) {
            server.close();
            // The port is free once the thread that waits on it has seen that it is closed.
            serving.join();
        }
    }

    @Test
    void shouldPassEverythingWhileNothingIsBroken() throws Exception {
        // given
        bed.links().start();

        // when
        try (Socket connection = connect()) {
            // then
            assertThat(ask(connection, 'a')).isEqualTo('a');
            assertThat(ask(connection, 'b')).isEqualTo('b');
        }
    }

    @ParameterizedTest
    @EnumSource(NetworkFault.class)
    void shouldPassNoAnswerInTimeAndServeNewConnectionsAfterwards(NetworkFault fault) throws Exception {
        // given
        try (Socket before = connect()) {
            assertThat(ask(before, 'a')).isEqualTo('a');
            InjectedFault broken = bed.links().injectFault(Link.TEMPORAL, fault, LATE);

            // when
            int answer = ask(before, 'b');
            long met = broken.heal();

            // then
            assertThat(answer).isNotEqualTo('b');
            assertThat(met).isEqualTo(1);
            assertThat(heard.get()).isEqualTo(isHeard(fault) ? 2 : 1);
            try (Socket after = connect()) {
                assertThat(ask(after, 'c')).isEqualTo('c');
            }
        }
    }

    @Test
    void shouldNeverAgainPassAnythingOnAForgottenConnection() throws Exception {
        // given
        try (Socket before = connect()) {
            assertThat(ask(before, 'a')).isEqualTo('a');

            // when
            long met = bed.links()
                    .injectFault(Link.TEMPORAL, NetworkFault.HALF_OPEN, LATE)
                    .heal();

            // then
            assertThat(met).isZero();
            assertThat(ask(before, 'b')).isEqualTo(SILENCE);
            assertThat(heard.get()).isEqualTo(1);
        }
    }

    /** Toxiproxy's own way of holding answers up locks the proxy for five seconds for each that nobody takes. */
    @Test
    void shouldMendWhereWhoeverWaitedForLateAnswersIsGone() throws Exception {
        // given
        InjectedFault broken = bed.links().injectFault(Link.TEMPORAL, NetworkFault.LATE_RESPONSES, LATE);
        try (Socket gone = connect()) {
            for (int questions = 1; questions <= 10; questions++) {
                gone.getOutputStream().write('a');
                int all = questions;
                await().until(() -> heard.get() == all);
            }
            gone.setSoLinger(true, 0);
        }

        // when
        long met = broken.heal();

        // then
        assertThat(met).isPositive();
        try (Socket after = connect()) {
            assertThat(ask(after, 'c')).isEqualTo('c');
        }
    }

    private static boolean isHeard(NetworkFault fault) {
        return fault == NetworkFault.LOST_RESPONSES || fault == NetworkFault.LATE_RESPONSES;
    }

    private Socket connect() throws IOException {
        Endpoint near = Link.TEMPORAL.listenAddress(bed.plan());
        Socket socket = new Socket(near.address(), near.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The answer, or {@link #SILENCE}, or -1 if the connection is at its end. */
    private static int ask(Socket connection, char question) throws IOException {
        try {
            connection.getOutputStream().write(question);
            return connection.getInputStream().read();
        } catch (SocketTimeoutException _) {
            return SILENCE;
        } catch (SocketException _) {
            return -1;
        }
    }

    private void serve() {
        try {
            while (true) {
                Socket connection = server.accept();
                Thread.ofVirtual().start(() -> echo(connection));
            }
        } catch (IOException _) {
            // closed: the test is over
        }
    }

    private void echo(Socket connection) {
        try (connection) {
            for (int next = connection.getInputStream().read();
                    next >= 0;
                    next = connection.getInputStream().read()) {
                heard.incrementAndGet();
                connection.getOutputStream().write(next);
            }
        } catch (IOException _) {
            // the other side has ended it
        }
    }
}
