using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Api.Contract;

/// <summary>The hub itself.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Engines">Where machines can run.</param>
public sealed record HubStatus(string Version, IReadOnlyList<EngineView> Engines);

/// <summary>An engine.</summary>
/// <param name="Name"><c>host</c> or <c>podman</c>.</param>
/// <param name="Problems">What is missing or misconfigured, each with its mend, as of at most a minute ago.</param>
public sealed record EngineView(string Name, IReadOnlyList<string> Problems);

/// <summary>A store for outputs of jobs.</summary>
/// <param name="Name">By which jobs name it.</param>
/// <param name="Place">Where it is, in words.</param>
/// <param name="Problem">What is wrong with it, with its mend; null when it has answered.</param>
public sealed record StoreView(string Name, string Place, string? Problem);

/// <summary>The machine types; the first is the default.</summary>
/// <param name="Currency">Of the prices.</param>
/// <param name="Types">What machines may use.</param>
public sealed record TypeList(string Currency, IReadOnlyList<MachineType> Types);
