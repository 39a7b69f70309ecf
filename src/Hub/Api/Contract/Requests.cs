using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Api.Contract;

/// <summary>A start.</summary>
/// <param name="Type">With this type from now on; null for its own.</param>
/// <param name="Safe">Without hooks.</param>
public sealed record StartRequest(string? Type = null, bool Safe = false);

/// <summary>A stop, or a restart.</summary>
/// <param name="Confirmed">Whether what is lost was shown, and confirmed.</param>
/// <param name="Type">Of a restart: with this type from now on; null for its own.</param>
/// <param name="Safe">Of a restart: without hooks.</param>
public sealed record StopRequest(bool Confirmed = false, string? Type = null, bool Safe = false);

/// <summary>A machine like another one.</summary>
/// <param name="Name">Of the new one.</param>
public sealed record ForkRequest(string Name);

/// <summary>Paths that are to outlive a stop.</summary>
/// <param name="Paths">Absolute, inside.</param>
/// <param name="Remove">Whether they are to be given back instead: the next stop destroys them.</param>
public sealed record KeepRequest(IReadOnlyList<string> Paths, bool Remove = false);

/// <summary>What a stop would destroy, and what the last one has.</summary>
/// <param name="Now">As it is now; null when the machine does not run.</param>
/// <param name="LastStop">What the last stop destroyed; null when nothing is known of one.</param>
/// <param name="Kept">What outlives a stop although it lies outside of the volumes.</param>
public sealed record LossView(LossList? Now, LossList? LastStop, IReadOnlyList<KeptPath> Kept);
