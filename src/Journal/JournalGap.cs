namespace Holdfast.Journal;

/// <summary>Why numbers are missing between two records.</summary>
internal static class JournalGap
{
    public const string Restarted =
        "The computer was started again without the journal being closed. At most the records of the last moments before that are lost; these numbers are passed over.";

    public const string Missing = "The file that held these records is missing.";
}
