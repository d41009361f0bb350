/** What all adapters share: conversion of failures, fencing of running activities, supervised loops. */
@NullMarked
package io.nodejoin.activities;

import org.jspecify.annotations.NullMarked;
