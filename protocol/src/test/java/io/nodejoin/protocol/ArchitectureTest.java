package io.nodejoin.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.nodejoin.protocol", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule dependsOnNothingThatAnotherSpeakerWouldNeed = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.protocol..",
                    "java.lang..",
                    "java.net",
                    "java.nio.charset",
                    "java.security..",
                    "java.time..",
                    "java.util..",
                    "javax.crypto..",
                    "com.fasterxml.jackson.annotation",
                    "org.jspecify.annotations")
            .because("who speaks to Nodejoin takes this module alone, without Temporal, Kafka or a JSON library");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.protocol.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStateThatChanges = fields().should().beFinal();
}
