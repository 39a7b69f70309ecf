using System.Net;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.People;

internal static partial class PeopleLog
{
    [LoggerMessage(4101, LogLevel.Warning, "Refused a request to the host {Host}: this hub does not answer to that name")]
    public static partial void ForeignHost(ILogger logger, string? host);

    [LoggerMessage(4102, LogLevel.Warning, "Refused {Method} {Path}: it does not come from this hub's own page")]
    public static partial void Forged(ILogger logger, string method, string? path);

    [LoggerMessage(4103, LogLevel.Warning, "Wrong name or password from {Address}")]
    public static partial void WrongPassword(ILogger logger, IPAddress? address);

    [LoggerMessage(4104, LogLevel.Error, "The secret {Name} of {Person} cannot be decrypted: it was stored with another key; mend: bring back the key file of then, or set it again")]
    public static partial void SecretUnreadable(ILogger logger, string name, string person);
}
