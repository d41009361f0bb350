package io.nodejoin.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.Redactor;
import io.nodejoin.agent.host.Systemd;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One look at the kubelet's certificate. If it has ended, the machine was off for longer than it lived: the gateway is asked to
 * take it back, and then the agent starts again. A timer repeats the look.
 */
public final class Watch {
    static final String AGENT_UNIT = "nodejoin-agent.service";

    private static final System.Logger LOG = System.getLogger(Watch.class.getName());
    private static final String REFUSED = "/rejoin-refused";
    /** A refused machine asks on, ever more seldom: no more than one look in sixty-four. */
    private static final int RAREST = 6;

    private final Supplier<Optional<X509Certificate>> certificate;
    private final Gate gate;
    private final HostFiles state;
    private final Systemd systemd;
    private final Clock clock;
    private final RandomGenerator random;

    /** How the gateway is asked. */
    @FunctionalInterface
    interface Gate {
        GatewayAnswer ask(String certificateSerial) throws InterruptedException;
    }

    /**
     * @param certificate the kubelet's, if it has one
     * @param state the agent's own files
     */
    Watch(
            Supplier<Optional<X509Certificate>> certificate,
            Gate gate,
            HostFiles state,
            Systemd systemd,
            Clock clock,
            RandomGenerator random) {
        this.certificate = certificate;
        this.gate = gate;
        this.state = state;
        this.systemd = systemd;
        this.clock = clock;
        this.random = random;
    }

    /** Returns whether nothing is left to be asked for again. */
    public boolean look() throws InterruptedException {
        Optional<X509Certificate> held = certificate.get();
        if (held.isEmpty() || clock.instant().isBefore(held.get().getNotAfter().toInstant())) {
            state.remove(REFUSED);
            return true;
        }
        String serial = held.get().getSerialNumber().toString(16);
        Refusals refusals = refusals(serial);
        if (random.nextInt(1 << Math.min(refusals.count(), RAREST)) != 0) {
            return true;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the kubelet''s certificate {0} ended at {1}: the gateway is asked to take the machine back",
                serial,
                held.get().getNotAfter().toInstant());
        return switch (gate.ask(serial)) {
            case GatewayAnswer.Accepted _ -> {
                state.remove(REFUSED);
                Farewell.forget(state);
                systemd.restart(AGENT_UNIT);
                yield true;
            }
            case GatewayAnswer.Refused(ErrorCode code, String detail) -> {
                state.write(REFUSED, refusals.oneMore().text().getBytes(US_ASCII), 0600);
                yield failed(code, detail);
            }
            case GatewayAnswer.Unavailable(ErrorCode code, String detail) -> failed(code, detail);
            case GatewayAnswer.Assigned _,
                    GatewayAnswer.NotUnderstood _,
                    GatewayAnswer.NotYet _,
                    GatewayAnswer.Joined _ -> failed(ErrorCode.INTERNAL, "the gateway answers what it was not asked");
        };
    }

    private static boolean failed(ErrorCode code, String detail) {
        LOG.log(System.Logger.Level.ERROR, new Problem(code, Redactor.redact(detail)).text());
        return false;
    }

    private Refusals refusals(String serial) {
        return state.read(REFUSED)
                .map(text -> new String(text, US_ASCII).strip().split(" ", -1))
                .filter(words -> words.length == 2 && words[0].equals(serial) && words[1].matches("[0-9]{1,6}"))
                .map(words -> new Refusals(serial, Integer.parseInt(words[1])))
                .orElse(new Refusals(serial, 0));
    }

    /** How often this very comeback was refused. Counted, not timed: the clock may be what is wrong. */
    private record Refusals(String serial, int count) {
        Refusals oneMore() {
            return new Refusals(serial, Math.min(count, RAREST) + 1);
        }

        String text() {
            return serial + " " + count + "\n";
        }
    }
}
