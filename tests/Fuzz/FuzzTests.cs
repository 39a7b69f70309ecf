namespace Holdfast.Fuzz.Tests;

/// <summary>10,000 inputs at every run of the tests, the same each time; bench/Fuzz feeds a million and more.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20261121;

    [Fact]
    public void WebSocketV1_DamagedMessages_AreReadOrRefused() => Run(new WebSocketV1Target(), 1500);

    [Fact]
    public void WebSocketLegacy_DamagedMessages_AreReadOrRefused() => Run(new WebSocketLegacyTarget(), 1000);

    [Fact]
    public void WebSocketFrames_OfAnyKind_EndInOrder() => Run(new WebSocketFramesTarget(), 1500);

    [Fact]
    public void Zmtp_FromWhateverListens_LetsNothingForgedThrough() => Run(new ZmtpTarget(), 1500);

    [Fact]
    public void Notebook_Damaged_IsReadUnchangedOrRefused() => Run(new NotebookTarget(), 1500);

    [Fact]
    public void Records_OfDamagedMessages_AreFolded() => Run(new RecordsTarget(), 1000);

    [Fact]
    public void Journal_DamagedFiles_NeverGiveARecordThatWasNotWritten() => Run(new JournalTarget(), 1000);

    [Fact]
    public void Http_AnyPathQueryAndBody_IsAnsweredAndNeverWith500() => Run(new HttpTarget(), 1000);

    private static void Run(FuzzTarget target, int count)
    {
        try
        {
            var result = Campaign.Run(target, Seed, 0, count, TestContext.Current.CancellationToken);
            Assert.Null(result.Finding);
            Assert.Equal(count, result.Inputs);
        }
        finally
        {
            target.End();
        }
    }
}
