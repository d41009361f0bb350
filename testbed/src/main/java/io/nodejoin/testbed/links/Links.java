package io.nodejoin.testbed.links;

import static eu.rekawek.toxiproxy.model.ToxicDirection.DOWNSTREAM;
import static eu.rekawek.toxiproxy.model.ToxicDirection.UPSTREAM;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicList;
import io.nodejoin.testbed.plan.AddressPlan;
import io.nodejoin.testbed.plan.AddressPlan.Endpoint;
import io.nodejoin.testbed.plan.BedDirectories;
import io.nodejoin.testbed.process.Launch;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Provisions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Proxies between the service and what it needs, in one process: each a link that can be broken for a while. */
public final class Links {
    private static final Duration READY = Duration.ofSeconds(20);

    private final AddressPlan plan;
    private final Provisions provisions;
    private final SupervisedProcess process;
    private final ToxiproxyClient client;

    public Links(AddressPlan plan, BedDirectories directories, Provisions provisions) {
        this.plan = plan;
        this.provisions = provisions;
        this.process = new SupervisedProcess("toxiproxy", directories.run(), directories.log());
        Endpoint control = plan.linkControl();
        this.client = new ToxiproxyClient(control.address(), control.port());
    }

    public SupervisedProcess process() {
        return process;
    }

    /** Makes all links, unless they are there; each is sound. */
    public void raise() {
        Endpoint control = plan.linkControl();
        process.start(new Launch(
                List.of(provisions.toxiproxy().toString(), "-host=" + control.address(), "-port=" + control.port())));
        process.awaitReady(READY, this::answers);
        try {
            for (Link link : Link.values()) {
                if (client.getProxyOrNull(link.word()) == null) {
                    make(link);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the links cannot be made." + process.lastLines(), e);
        }
    }

    /**
     * Breaks a link that is sound.
     *
     * @param late by how much answers are late if they are
     */
    public BrokenLink breakDown(Link link, Trouble trouble, Duration late) {
        try {
            OwnToxics own = own(link);
            ToxicList toxics = client.getProxy(link.word()).toxics();
            return new BrokenLink(own, trouble, begin(trouble, toxics, own, late), own.bytes(trouble.met()));
        } catch (IOException e) {
            throw new UncheckedIOException("the link " + link + " cannot be broken." + process.lastLines(), e);
        }
    }

    private boolean answers() {
        try {
            return !client.version().isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    private void make(Link link) throws IOException {
        Proxy _ = client.createProxy(
                link.word(), link.nearEnd(plan).toString(), link.farEnd(plan).toString());
        own(link).install();
    }

    private OwnToxics own(Link link) {
        return new OwnToxics(plan.linkControl(), link.word());
    }

    private static List<Toxic> begin(Trouble trouble, ToxicList toxics, OwnToxics own, Duration late)
            throws IOException {
        return switch (trouble) {
            case PARTITION ->
                List.of(toxics.timeout("requests", UPSTREAM, 0), toxics.timeout("answers", DOWNSTREAM, 0));
            case LOST_REQUESTS -> List.of(toxics.timeout("requests", UPSTREAM, 0));
            case LOST_ANSWERS -> List.of(toxics.timeout("answers", DOWNSTREAM, 0));
            case LATE_ANSWERS -> {
                own.delay(DOWNSTREAM, late);
                yield List.of();
            }
            case RESET -> List.of(toxics.resetPeer("requests", UPSTREAM, 0));
            case FORGOTTEN -> {
                own.forgetAll();
                yield List.of();
            }
        };
    }
}
