namespace Holdfast.Hub.Api.Contract;

/// <summary>A point of now.</summary>
/// <param name="Note">What it is kept for, one line of at most 200 characters; null for nothing.</param>
public sealed record PointRequest(string? Note = null);

/// <summary>Going back.</summary>
/// <param name="HomeOnly">Whether the machine's system stays as it is.</param>
/// <param name="Confirmed">Whether the machine may be started anew for its system.</param>
public sealed record BackRequest(bool HomeOnly = false, bool Confirmed = false);
