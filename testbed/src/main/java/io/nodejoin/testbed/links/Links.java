package io.nodejoin.testbed.links;

import static eu.rekawek.toxiproxy.model.ToxicDirection.DOWNSTREAM;
import static eu.rekawek.toxiproxy.model.ToxicDirection.UPSTREAM;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicList;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Provisioner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Proxies between the service and its dependencies, in one process: each is a link that can be broken for a while. */
public final class Links {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(20);

    private final AddressPlan plan;
    private final Provisioner provisioner;
    private final SupervisedProcess process;
    private final ToxiproxyClient client;

    public Links(AddressPlan plan, BedDirectories directories, Provisioner provisioner) {
        this.plan = plan;
        this.provisioner = provisioner;
        this.process = new SupervisedProcess("toxiproxy", directories.run(), directories.log());
        Endpoint control = plan.linkControl();
        this.client = new ToxiproxyClient(control.address(), control.port());
    }

    public SupervisedProcess process() {
        return process;
    }

    /** Creates all links, unless they exist; none has a fault. */
    public void start() {
        Endpoint control = plan.linkControl();
        process.start(new LaunchSpec(
                List.of(provisioner.toxiproxy().toString(), "-host=" + control.address(), "-port=" + control.port())));
        process.awaitReady(READY_TIMEOUT, this::answers);
        try {
            for (Link link : Link.values()) {
                if (client.getProxyOrNull(link.label()) == null) {
                    createProxy(link);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the links cannot be made." + process.lastLines(), e);
        }
    }

    /**
     * Injects a fault into a link without one.
     *
     * @param late the delay of late responses
     */
    public InjectedFault injectFault(Link link, NetworkFault fault, Duration late) {
        try {
            CustomToxics customToxics = customToxics(link);
            ToxicList toxics = client.getProxy(link.label()).toxics();
            return new InjectedFault(
                    customToxics,
                    fault,
                    addToxics(fault, toxics, customToxics, late),
                    customToxics.bytes(fault.affectedDirection()));
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

    private void createProxy(Link link) throws IOException {
        Proxy _ = client.createProxy(
                link.label(),
                link.listenAddress(plan).toString(),
                link.upstreamAddress(plan).toString());
        customToxics(link).install();
    }

    private CustomToxics customToxics(Link link) {
        return new CustomToxics(plan.linkControl(), link.label());
    }

    private static List<Toxic> addToxics(NetworkFault fault, ToxicList toxics, CustomToxics customToxics, Duration late)
            throws IOException {
        return switch (fault) {
            case PARTITION ->
                List.of(toxics.timeout("requests", UPSTREAM, 0), toxics.timeout("answers", DOWNSTREAM, 0));
            case LOST_REQUESTS -> List.of(toxics.timeout("requests", UPSTREAM, 0));
            case LOST_RESPONSES -> List.of(toxics.timeout("answers", DOWNSTREAM, 0));
            case LATE_RESPONSES -> {
                customToxics.delay(DOWNSTREAM, late);
                yield List.of();
            }
            case RESET -> List.of(toxics.resetPeer("requests", UPSTREAM, 0));
            case HALF_OPEN -> {
                customToxics.silenceAll();
                yield List.of();
            }
        };
    }
}
