package io.nodejoin.agent.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A network in which everything is well until a test says otherwise. */
public final class FakeNetwork implements HostNetwork {
    private final Set<Integer> listening = new HashSet<>();
    private final Set<String> unreachable = new HashSet<>();
    private final List<Link> links = new ArrayList<>(List.of(new Link("eth0", "52:54:00:00:00:01", 1500, false)));
    private final List<String> addresses = new ArrayList<>();
    private boolean nameKnown = true;
    private boolean healthy = true;
    private OptionalInt kubelet = OptionalInt.of(401);

    /** Something listens on this port. */
    public void occupy(int port) {
        listening.add(port);
    }

    /** Nobody answers at this host. */
    public void cutOff(String host) {
        unreachable.add(host);
    }

    /** There is another link. */
    public void add(Link link) {
        links.add(link);
    }

    /** The host has these global addresses, too. */
    public void addAddresses(List<String> more) {
        addresses.addAll(more);
    }

    /** The host's own name does not resolve. */
    public void forgetOwnName() {
        nameKnown = false;
    }

    /** The kubelet's healthz does not answer. */
    public void makeUnhealthy() {
        healthy = false;
    }

    /** The kubelet answers strangers so. */
    public void answerStrangers(OptionalInt status) {
        kubelet = status;
    }

    @Override
    public boolean isListening(int port) {
        return listening.contains(port);
    }

    @Override
    public boolean canConnect(String host, int port, Duration timeout) {
        return !unreachable.contains(host);
    }

    @Override
    public String hostName() {
        return "w1";
    }

    @Override
    public Optional<String> resolve(String name, Duration timeout) {
        return nameKnown ? Optional.of("10.0.0.1") : Optional.empty();
    }

    @Override
    public List<Link> links() {
        return List.copyOf(links);
    }

    @Override
    public List<String> globalAddresses() {
        return List.copyOf(addresses);
    }

    @Override
    public boolean isKubeletHealthy() {
        return healthy;
    }

    @Override
    public OptionalInt kubeletAnonymousStatus() {
        return kubelet;
    }
}
