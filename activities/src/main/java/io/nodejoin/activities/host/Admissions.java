package io.nodejoin.activities.host;

/** The ways in which an agent gets known here. */
record Admissions(Enrollments enrollments, Rejoins rejoins, Renewals renewals) {}
