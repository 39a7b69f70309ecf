namespace Holdfast.Hub.Api.Contract;

/// <summary>A port inside a machine.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Program">What listens there, as it calls itself.</param>
/// <param name="Url">The port's own address in a browser.</param>
public sealed record PortView(int Port, string Program, string Url);
