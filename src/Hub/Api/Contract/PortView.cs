namespace Holdfast.Hub.Api.Contract;

/// <summary>A port inside a machine.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Program">What listens there, as it calls itself.</param>
/// <param name="Url">The port's own address in a browser.</param>
public sealed record PortView(int Port, string Program, string Url);

/// <summary>A link to a port that is to be made.</summary>
/// <param name="Lifetime">How long it is good, in seconds: a minute to 30 days.</param>
public sealed record PortLinkRequest(TimeSpan Lifetime);

/// <summary>A link that was made.</summary>
/// <param name="Id">Ends it.</param>
/// <param name="Url">Opens the port, for whoever has it. It is shown once.</param>
/// <param name="Expires">When it ends.</param>
public sealed record NewPortLink(string Id, string Url, DateTimeOffset Expires);
