package io.nodejoin.testbed.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS from PEM texts. */
public final class TlsContexts {
    private static final char[] NO_PASSWORD = {};
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";

    private TlsContexts() {}

    /** Trusts only this CA and shows no certificate. */
    public static SSLContext create(String caPem) throws IOException, GeneralSecurityException {
        return context(caPem, new KeyManager[0]);
    }

    /** Trusts only this CA and authenticates with the certificate chain, whose key is in the same text. */
    public static SSLContext create(String caPem, String chainAndKeyPem) throws IOException, GeneralSecurityException {
        KeyStore keys = emptyStore();
        keys.setKeyEntry(
                "own",
                privateKey(chainAndKeyPem),
                NO_PASSWORD,
                certificates(chainAndKeyPem).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, NO_PASSWORD);
        return context(caPem, factory.getKeyManagers());
    }

    private static SSLContext context(String caPem, KeyManager[] keys) throws IOException, GeneralSecurityException {
        KeyStore authorities = emptyStore();
        for (Certificate authority : certificates(caPem)) {
            authorities.setCertificateEntry("ca-" + authorities.size(), authority);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    private static List<Certificate> certificates(String pem) throws GeneralSecurityException {
        int keyAt = pem.indexOf(KEY_BEGIN);
        String chain = keyAt < 0 ? pem : pem.substring(0, keyAt);
        return new ArrayList<>(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(chain.getBytes(StandardCharsets.UTF_8))));
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        int start = pem.indexOf(KEY_BEGIN) + KEY_BEGIN.length();
        String body = pem.substring(start, pem.indexOf("-----END", start));
        byte[] der = Base64.getMimeDecoder().decode(body);
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
