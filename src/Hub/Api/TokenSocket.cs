using Holdfast.Hub.People;

namespace Holdfast.Hub.Api;

/// <summary>A WebSocket of the API into a machine, for programs.</summary>
internal static class TokenSocket
{
    /// <summary>Why a login may not open one; null when it may. A page of another site can open a WebSocket with the browser's cookies: only a token is one's own word.</summary>
    /// <param name="login">Who asks.</param>
    /// <param name="instead">What is said to a browser.</param>
    public static HubFault? Refusal(Login login, string instead) => !login.IsToken ? new HubFault("forbidden", instead) : !login.Caller.MayWrite ? HubFault.OnlyReads : null;
}
