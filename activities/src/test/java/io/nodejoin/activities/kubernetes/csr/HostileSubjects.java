package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.bmp;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.printable;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.signed;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.subject;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.utf8;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.GROUP;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.KEY;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.NAME;

import io.nodejoin.protocol.ErrorCode;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Requests for other names, and for the right name in other shapes. */
final class HostileSubjects {
    private static final String SHA256 = "SHA256withECDSA";

    private HostileSubjects() {}

    static Stream<HostileCase> all() {
        return Stream.of(shapes(), spellings(), otherNames()).flatMap(cases -> cases);
    }

    private static Stream<HostileCase> shapes() {
        return Stream.of(
                named("no organization", Pkcs10Forge.of(BCStyle.CN, printable(NAME))),
                named("no common name", Pkcs10Forge.of(BCStyle.O, printable(GROUP))),
                named("an empty subject", Pkcs10Forge.of()),
                named("another organization", subject("system:masters", NAME)),
                named("the organization in upper case", subject("SYSTEM:NODES", NAME)),
                named("the organization with a blank", subject("system:nodes ", NAME)),
                named(
                        "a second organization",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.O,
                                printable("system:masters"),
                                BCStyle.CN,
                                printable(NAME))),
                named(
                        "the organization twice",
                        Pkcs10Forge.of(
                                BCStyle.O, printable(GROUP), BCStyle.O, printable(GROUP), BCStyle.CN, printable(NAME))),
                named(
                        "a second common name behind",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.CN,
                                printable("system:node:b"))),
                named(
                        "two common names, no organization",
                        Pkcs10Forge.of(BCStyle.CN, printable(NAME), BCStyle.CN, printable(NAME))),
                named(
                        "an organizational unit",
                        Pkcs10Forge.of(
                                BCStyle.O, printable(GROUP), BCStyle.CN, printable(NAME), BCStyle.OU, printable("x"))),
                named(
                        "a serial number",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.SERIALNUMBER,
                                printable("1"))),
                named("both in one name", Pkcs10Forge.inOneName(GROUP, NAME)),
                named("a common name in UTF-16", Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, bmp(NAME))));
    }

    private static Stream<HostileCase> spellings() {
        return Stream.of(
                named(
                        "the common name in T.61",
                        Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, new DERT61String(NAME))),
                named(
                        "the common name in ASCII",
                        Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, new DERIA5String(NAME))),
                named("the organization in UTF-16", Pkcs10Forge.of(BCStyle.O, bmp(GROUP), BCStyle.CN, printable(NAME))),
                named(
                        "the organization in T.61",
                        Pkcs10Forge.of(BCStyle.O, new DERT61String(GROUP), BCStyle.CN, printable(NAME))),
                named(
                        "the organization with a NUL",
                        Pkcs10Forge.of(BCStyle.O, utf8(GROUP + "\0"), BCStyle.CN, utf8(NAME))),
                named(
                        "the organization with a Cyrillic letter",
                        Pkcs10Forge.of(BCStyle.O, utf8("system:n\u043Edes"), BCStyle.CN, utf8(NAME))),
                named("an empty organization", Pkcs10Forge.of(BCStyle.O, utf8(""), BCStyle.CN, utf8(NAME))),
                named(
                        "a domain component",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.DC,
                                new DERIA5String("x"))),
                named(
                        "an e-mail address in the name",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.EmailAddress,
                                new DERIA5String("a@example.com"))),
                named(
                        "the organization as a unit",
                        Pkcs10Forge.of(BCStyle.OU, printable(GROUP), BCStyle.CN, printable(NAME))),
                named("two organizations in one name", Pkcs10Forge.twoGroupsInOneName(GROUP, "system:masters", NAME)),
                named(
                        "a common name that is a number",
                        Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, new ASN1Integer(1))));
    }

    private static Stream<HostileCase> otherNames() {
        return Stream.of(
                        "system:node:victim",
                        "system:node:worker-10",
                        "system:node:worker-",
                        "system:node:WORKER-1",
                        "system:node:worker-1 ",
                        " system:node:worker-1",
                        "system:node:worker-1\0",
                        "system:node:worker-1.example.com",
                        "system:node:",
                        "worker-1",
                        "system:masters",
                        "kubernetes-admin",
                        "system:node:worker\u20111",
                        "system:node:w\u043Erker-1",
                        "",
                        "system:node:worker-1\n",
                        "system:node:worker-1\u200F",
                        "system:node:\uFF57orker-1",
                        "system:node:worker-1,O=system:masters",
                        "system:node:worker-1/../victim",
                        "system:node:*",
                        "SYSTEM:NODE:worker-1",
                        "system:node:worker-1:",
                        "system:node:system:node:worker-1",
                        "system:kube-controller-manager",
                        "system:serviceaccount:kube-system:default",
                        "system:bootstrap:abc123",
                        "system:anonymous",
                        "x".repeat(4000))
                .map(name -> new HostileCase(
                        "the common name '" + (name.length() > 60 ? "x..." : name) + "'",
                        TestCsrs.of(signed(
                                Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, utf8(name)), KEY, SHA256)),
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "node-name"));
    }

    private static HostileCase named(String name, X500Name subject) {
        return HostileCase.violating("subject", name, signed(subject, KEY, SHA256));
    }
}
