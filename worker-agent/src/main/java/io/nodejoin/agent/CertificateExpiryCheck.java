package io.nodejoin.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.Systemd;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Redaction;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Checks the kubelet's certificate once. An expired one means that the machine was off for longer than its validity:
 * the check requests a rejoin from the gateway, then restarts the agent. A systemd timer repeats the check.
 */
public final class CertificateExpiryCheck {
    static final String AGENT_UNIT = "nodejoin-agent.service";

    private static final System.Logger LOG = System.getLogger(CertificateExpiryCheck.class.getName());
    private static final String REJECTION_FILE = "/rejoin-refused";
    /** A rejected machine backs off: one request in at most sixty-four checks. */
    private static final int MAX_DOUBLINGS = 6;

    private final Supplier<Optional<X509Certificate>> certificate;
    private final RejoinRequester requester;
    private final HostFiles state;
    private final Systemd systemd;
    private final Clock clock;
    private final RandomGenerator random;

    /** Sends the rejoin request. */
    @FunctionalInterface
    interface RejoinRequester {
        GatewayResponse requestRejoin(String certificateSerial) throws InterruptedException;
    }

    /**
     * @param certificate the kubelet's client certificate, if it has one
     * @param state the files in the state directory
     */
    CertificateExpiryCheck(
            Supplier<Optional<X509Certificate>> certificate,
            RejoinRequester requester,
            HostFiles state,
            Systemd systemd,
            Clock clock,
            RandomGenerator random) {
        this.certificate = certificate;
        this.requester = requester;
        this.state = state;
        this.systemd = systemd;
        this.clock = clock;
        this.random = random;
    }

    /** Runs the check. Returns whether no retry is needed. */
    public boolean run() throws InterruptedException {
        Optional<X509Certificate> held = certificate.get();
        if (held.isEmpty() || clock.instant().isBefore(held.get().getNotAfter().toInstant())) {
            state.delete(REJECTION_FILE);
            return true;
        }
        String serial = held.get().getSerialNumber().toString(16);
        RejectionCount rejections = readRejections(serial);
        if (random.nextInt(1 << Math.min(rejections.count(), MAX_DOUBLINGS)) != 0) {
            return true;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the kubelet''s certificate {0} expired at {1}: requesting a rejoin from the gateway",
                serial,
                held.get().getNotAfter().toInstant());
        return switch (requester.requestRejoin(serial)) {
            case GatewayResponse.Accepted _ -> {
                state.delete(REJECTION_FILE);
                CompletionMarker.delete(state);
                systemd.restart(AGENT_UNIT);
                yield true;
            }
            case GatewayResponse.Rejected(ErrorCode code, String detail) -> {
                state.write(REJECTION_FILE, rejections.increment().text().getBytes(US_ASCII), 0600);
                yield failed(code, detail);
            }
            case GatewayResponse.Unavailable(ErrorCode code, String detail) -> failed(code, detail);
            case GatewayResponse.Assigned _,
                    GatewayResponse.Unreadable _,
                    GatewayResponse.NoJoinYet _,
                    GatewayResponse.Joined _ ->
                failed(ErrorCode.COMMAND_UNKNOWN, "the gateway sent an unexpected response");
        };
    }

    private static boolean failed(ErrorCode code, String detail) {
        LOG.log(System.Logger.Level.ERROR, new Problem(code, Redaction.redact(detail)).toLine());
        return false;
    }

    private RejectionCount readRejections(String serial) {
        return state.read(REJECTION_FILE)
                .map(text -> new String(text, US_ASCII).strip().split(" ", -1))
                .filter(words -> words.length == 2 && words[0].equals(serial) && words[1].matches("[0-9]{1,6}"))
                .map(words -> new RejectionCount(serial, Integer.parseInt(words[1])))
                .orElse(new RejectionCount(serial, 0));
    }

    /**
     * How often the rejoin with this serial number was rejected. Counted, not timed, since the clock may be the cause.
     */
    private record RejectionCount(String serial, int count) {
        RejectionCount increment() {
            return new RejectionCount(serial, Math.min(count, MAX_DOUBLINGS) + 1);
        }

        String text() {
            return serial + " " + count + "\n";
        }
    }
}
