using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Api.Contract;

/// <summary>A volume.</summary>
/// <param name="Name"><c>storage</c>, <c>home/PERSON</c> or <c>notebooks/MACHINE</c>.</param>
/// <param name="Usage">What it holds; null when it was not measured yet.</param>
public sealed record VolumeView(string Name, Usage? Usage);

/// <summary>A snapshot that is to be brought back.</summary>
/// <param name="Path">As <c>.local/bin</c>, from the home on; null for all of it.</param>
public sealed record RestoreRequest(string? Path = null);

/// <summary>The team's hook.</summary>
/// <param name="Text">What it has now; null when there is none, or one of more than 1 MiB.</param>
/// <param name="Hash">The SHA-256 of that, which approves it; null as above.</param>
/// <param name="IsApproved">Whether it runs.</param>
/// <param name="Approved">The text that was approved last; null when none was.</param>
/// <param name="Diff">How it differs from that, line by line, each with a space, <c>-</c> or <c>+</c> before it; empty when it does not.</param>
public sealed record HookView(string? Text, string? Hash, bool IsApproved, string? Approved, IReadOnlyList<string> Diff);

/// <summary>An approval.</summary>
/// <param name="Hash">The SHA-256 of the text that was seen.</param>
public sealed record ApproveRequest(string Hash);

/// <summary>Another text of the team's hook.</summary>
/// <param name="Text">The text.</param>
/// <param name="Was">The SHA-256 of the text that was changed; null when there was none.</param>
public sealed record HookRequest(string Text, string? Was = null);
