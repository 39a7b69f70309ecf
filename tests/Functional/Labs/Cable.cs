using System.Net;
using System.Net.Sockets;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>What a page's bytes go through on their way to a lab; it can be cut and mended.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _ends = [];
    private readonly int _to;
    private readonly Task _accepting;
    private bool _isCut;

    public Cable(RunningLab lab)
    {
        _to = lab.Port;
        _listener.Start();
        Link = new UriBuilder(lab.Link) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>The lab's link, through the cable.</summary>
    public Uri Link { get; }

    /// <summary>Ends every connection; new ones end at once.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            foreach (var end in _ends) end.Dispose();
            _ends.Clear();
        }
    }

    public void Mend()
    {
        lock (_gate) _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The cable is taken away.
        }
    }

    private async Task CarryAsync(Socket page)
    {
        var lab = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Hold(page);
            Hold(lab);
            await lab.ConnectAsync(IPAddress.Loopback, _to);
            page.NoDelay = lab.NoDelay = true;
            await using var pageStream = new NetworkStream(page);
            await using var labStream = new NetworkStream(lab);
            await Task.WhenAny(pageStream.CopyToAsync(labStream), labStream.CopyToAsync(pageStream));
        }
        catch (Exception end) when (end is SocketException or IOException or ObjectDisposedException)
        {
            // Cut, or the lab is not there.
        }

        lock (_gate)
        {
            foreach (var end in new[] { page, lab }) _ends.Remove(end);
        }

        page.Dispose();
        lab.Dispose();
    }

    private void Hold(Socket end)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isCut, this);
            _ends.Add(end);
        }
    }
}
