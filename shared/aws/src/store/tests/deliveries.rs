use super::*;

#[tokio::test]
async fn a_message_is_delivered_to_each_channel_by_itself() {
    let (store, calls) = plain();
    let one = insight(&application("shop"), "one", 1, 5);
    let (first, second) = (message(&one, 1).id, message(&one, 2).id);
    let sns = "arn:aws:sns:eu-west-1:123456789012:news";
    assert!(!store.is_delivered(&first, sns).await.unwrap());
    for _ in 0..2 {
        store.mark_delivered(&first, sns, at(NOW)).await.unwrap();
        assert!(store.is_delivered(&first, sns).await.unwrap());
    }
    assert!(!store.is_delivered(&first, "eventbridge").await.unwrap());
    assert!(!store.is_delivered(&second, sns).await.unwrap());
    let written = put(&calls);
    assert_eq!(written.len(), 2);
    assert!(written.iter().all(|row| row["expires"]["N"] == json!((NOW + 30 * DAY).to_string())));
}

#[tokio::test]
async fn what_the_stream_brings_reads_as_the_messages_that_were_committed() {
    let (store, calls) = plain();
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    let messages: Vec<Message> = (0..30).map(|n| message(&one, n)).collect();
    store.commit(&app, 0, from_ref(&one), &messages).await.unwrap();
    let rows = put(&calls).into_iter().filter(|row| key(row).starts_with("outbox#"));
    let read = rows.flat_map(|row| {
        let body = aws_smithy_types::base64::decode(row["body"]["B"].as_str().unwrap()).unwrap();
        decode_messages(&body).unwrap()
    });
    assert_eq!(read.collect::<Vec<_>>(), messages);
    assert!(decode_messages(b"nonsense").is_err());
    // As the consumer goes on from there.
    assert_eq!(InsightSource::insight(&store, &messages[0].insight).await.unwrap(), Some(one));
}
