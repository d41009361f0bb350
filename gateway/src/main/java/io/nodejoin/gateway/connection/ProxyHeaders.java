package io.nodejoin.gateway.connection;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;

/**
 * Begins connections of proxies with the header of the PROXY protocol (version 1 or 2), whose addresses are those of the
 * connection from then on, and all others with TLS.
 */
public final class ProxyHeaders extends ProxyConnectionFactory {
    private final Predicate<InetAddress> proxies;
    private final ConnectionFactory tls;

    /** @param proxies whose headers are believed, and required */
    public ProxyHeaders(Predicate<InetAddress> proxies, ConnectionFactory tls) {
        super(tls.getProtocol());
        this.proxies = proxies;
        this.tls = tls;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        boolean isProxy = endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote
                && proxies.test(remote.getAddress());
        return isProxy ? super.newConnection(connector, endPoint) : tls.newConnection(connector, endPoint);
    }

    /** Jetty would begin TLS without a header, and so take a client for the proxy. */
    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer notRecognized) {
        endPoint.close();
    }
}
