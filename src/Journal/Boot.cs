namespace Holdfast.Journal;

/// <summary>Which start of the computer this is: what is visible but not synced outlives a killed process, but not a new start.</summary>
internal static class Boot
{
    /// <summary>A number that differs for every start; 0 when the system does not tell.</summary>
    public static ulong Current { get; } = Read();

    private static ulong Read()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText("/proc/sys/kernel/random/boot_id"), out var id)
                ? BitConverter.ToUInt64(id.ToByteArray()) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
