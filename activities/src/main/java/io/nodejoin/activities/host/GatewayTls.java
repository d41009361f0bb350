package io.nodejoin.activities.host;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.UUID;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS of the gateway: 1.3 only; a client certificate is asked for and, if shown, must lead to the agent CA. */
final class GatewayTls {
    private GatewayTls() {}

    static SslContextFactory.Server server(GatewaySettings settings, X509Certificate agentCa) {
        String password = UUID.randomUUID().toString();
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setIncludeProtocols("TLSv1.3");
        tls.setWantClientAuth(true);
        tls.setSniRequired(false);
        tls.setKeyStorePassword(password);
        try {
            KeyStore own = emptyStore();
            own.setKeyEntry(
                    "gateway",
                    PemFiles.privateKey(settings.keyFile()),
                    password.toCharArray(),
                    PemFiles.certificates(settings.certificateFile()).toArray(X509Certificate[]::new));
            KeyStore trusted = emptyStore();
            trusted.setCertificateEntry("agents", agentCa);
            tls.setKeyStore(own);
            tls.setTrustStore(trusted);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    settings.keyFile() + " and " + settings.certificateFile() + " do not make a TLS server", e);
        }
        return tls;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
