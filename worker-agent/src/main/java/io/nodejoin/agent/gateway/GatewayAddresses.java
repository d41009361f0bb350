package io.nodejoin.agent.gateway;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the addresses of the gateway's name. The Java HTTP client connects to the first address only; an agent keeps one until it does
 * not answer, and takes the next one then. Agents start at different addresses, so that all replicas get some. For many threads.
 */
public final class GatewayAddresses {
    private final Resolver resolver;
    private final RandomGenerator random;
    private List<InetAddress> known = List.of();
    private @Nullable InetAddress current;

    /** Looks names up. */
    interface Resolver {
        /** Returns at least one address, the preferred family first. */
        List<InetAddress> resolve(String name) throws UnknownHostException;
    }

    GatewayAddresses(Resolver resolver, RandomGenerator random) {
        this.resolver = resolver;
        this.random = random;
    }

    /** Those that the machine's resolver knows. */
    public static GatewayAddresses ofThisMachine(RandomGenerator random) {
        return new GatewayAddresses(name -> List.of(InetAddress.getAllByName(name)), random);
    }

    /** Returns the URL with the current address in place of the name; unchanged if the name has only one address or none. */
    synchronized URI locate(URI url) {
        InetAddress chosen = current == null ? choose(url.getHost()) : current;
        return chosen == null ? url : withHost(url, chosen);
    }

    /** Takes the next address for the next request; looks the name up again once each was tried. */
    synchronized void avoidCurrent() {
        int next = current == null ? known.size() : known.indexOf(current) + 1;
        current = next < known.size() ? known.get(next) : null;
    }

    private @Nullable InetAddress choose(String host) {
        known = addresses(host);
        current = known.isEmpty() ? null : known.getFirst();
        return current;
    }

    /** In an order of its own; addresses of the other family, which may not be reachable at all, come last. */
    private List<InetAddress> addresses(String host) {
        try {
            List<InetAddress> all = resolver.resolve(host);
            if (all.size() < 2) {
                return List.of();
            }
            Class<?> preferred = all.getFirst().getClass();
            List<InetAddress> ordered =
                    new ArrayList<>(all.stream().filter(preferred::isInstance).toList());
            Collections.shuffle(ordered, random);
            all.stream().filter(address -> !preferred.isInstance(address)).forEach(ordered::add);
            return List.copyOf(ordered);
        } catch (UnknownHostException _) {
            return List.of(); // the HTTP client reports it
        }
    }

    private static URI withHost(URI url, InetAddress address) {
        String literal = address instanceof Inet6Address
                ? "[" + address.getHostAddress().replaceAll("%.*", "") + "]"
                : address.getHostAddress();
        int port = url.getPort();
        return URI.create(url.getScheme() + "://" + literal + (port < 0 ? "" : ":" + port) + url.getRawPath());
    }
}
