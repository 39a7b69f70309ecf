using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Settings;

internal static partial class SettingsLog
{
    [LoggerMessage(3301, LogLevel.Warning, "The settings schema {Id} in {File} is left out: {Fault}")]
    public static partial void BadSchema(ILogger logger, string id, string file, string fault);

    [LoggerMessage(3302, LogLevel.Warning, "The settings in {File} are not used: {Fault}; mend the file or set them anew")]
    public static partial void BadSettings(ILogger logger, string file, string fault);
}
