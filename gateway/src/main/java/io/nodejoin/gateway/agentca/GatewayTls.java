package io.nodejoin.gateway.agentca;

import io.nodejoin.activities.pem.CertifiedKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS of the gateway: 1.3 only. A client certificate is optional, but must be issued by an agent CA. */
final class GatewayTls {
    private final SslContextFactory.Server factory = new SslContextFactory.Server();

    GatewayTls(CertifiedKey own, List<X509Certificate> agentCas) {
        factory.setIncludeProtocols("TLSv1.3");
        factory.setWantClientAuth(true);
        factory.setSniRequired(false);
        Stores.of(own, agentCas).into(factory);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** Uses these certificates for new handshakes; open connections continue. */
    void reload(CertifiedKey own, List<X509Certificate> agentCas) {
        Stores stores = Stores.of(own, agentCas);
        try {
            factory.reload(stores::into);
        } catch (Exception e) { // Jetty declares no narrower exception
            throw new IllegalStateException("TLS cannot use certificates that were parsed", e);
        }
    }

    private record Stores(KeyStore own, KeyStore trusted, String password) {

        static Stores of(CertifiedKey key, List<X509Certificate> agentCas) {
            String password = UUID.randomUUID().toString();
            try {
                KeyStore own = empty();
                own.setKeyEntry(
                        "gateway",
                        key.key(),
                        password.toCharArray(),
                        key.certificates().toArray(X509Certificate[]::new));
                KeyStore trusted = empty();
                for (int i = 0; i < agentCas.size(); i++) {
                    trusted.setCertificateEntry("agents-" + i, agentCas.get(i));
                }
                return new Stores(own, trusted, password);
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException("every Java platform has an in-memory key store", e);
            }
        }

        void into(SslContextFactory tls) {
            tls.setKeyStorePassword(password);
            tls.setKeyStore(own);
            tls.setTrustStore(trusted);
        }

        private static KeyStore empty() throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        }
    }
}
