using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Tests.Proxy;

/// <summary>A hub with one running machine, <c>leaves</c>, of ada's, behind which is what a test puts there.</summary>
internal sealed class ProxyPlace : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _peers = [];

    private ProxyPlace(PeopleHub hub) => Hub = hub;

    public PeopleHub Hub { get; }

    public string Socket => Path.Combine(Hub.Folder, "lab.sock");

    public Uri Address => new($"http://leaves.localhost:{Hub.Port}/");

    public static async Task<ProxyPlace> StartAsync(RequestDelegate? lab = null)
    {
        var place = new ProxyPlace(await PeopleHub.StartAsync(TestContext.Current.CancellationToken));
        place.Hub.Machines.Put("leaves", MachineState.Running);
        place.Hub.Machines.LabSockets["leaves"] = place.Socket;
        if (lab is not null) place._peers.Add(await LabPeer.StartAsync(place.Socket, lab));
        return place;
    }

    /// <summary>Another peer that ends with the place.</summary>
    public void Add(IAsyncDisposable peer) => _peers.Add(peer);

    /// <summary>A client with a token of ada's.</summary>
    public HttpClient NewTokenClient()
    {
        var client = Hub.NewClient();
        client.BaseAddress = Address;
        client.DefaultRequestHeaders.Add("Authorization", $"token {Hub.TokenOf("ada")}");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers) await peer.DisposeAsync();
        await Hub.DisposeAsync();
    }
}
