using Holdfast.Hub.People;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Api;

/// <summary>A WebSocket of the API into a machine, for programs: who may open it, and how long it may stay open.</summary>
internal sealed class TokenSocket : IDisposable
{
    private readonly CancellationTokenSource? _expires;
    private readonly CancellationTokenSource _over;

    /// <summary>One that a login has opened.</summary>
    public TokenSocket(Login login, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _expires = login.Expires is { } end ? new CancellationTokenSource(end - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero, time) : null;
        _over = CancellationTokenSource.CreateLinkedTokenSource(login.Ended, lifetime.ApplicationStopping, _expires?.Token ?? CancellationToken.None);
    }

    /// <summary>Cancelled when the login has ended or its token is past its time, and when the hub ends.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Why a login may not open one; null when it may. A page of another site can open a WebSocket with the browser's cookies: only a token is one's own word.</summary>
    /// <param name="login">Who asks.</param>
    /// <param name="instead">What is said to a browser.</param>
    public static HubFault? Refusal(Login login, string instead) => !login.IsToken ? new HubFault("forbidden", instead) : !login.Caller.MayWrite ? HubFault.OnlyReads : null;

    /// <inheritdoc />
    public void Dispose()
    {
        _over.Dispose();
        _expires?.Dispose();
    }
}
